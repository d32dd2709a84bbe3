// Package commandline is what people see of the command line beside the collector itself: help, the commands that this
// distribution adds, mistakes that can be explained before anything starts, and the answer of a successful `validate`.
//
// It decorates the command that the collector's library makes, and leaves running the collector to main.
package commandline
