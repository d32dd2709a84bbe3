// Package page opens the status page of the built binary in a real browser, Debian's Chromium, in the states a person would look at it.
package page
