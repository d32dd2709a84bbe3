// Package send posts remote write requests and says what an answer means for the samples in them.
package send
