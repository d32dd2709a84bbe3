//go:build race

package write

const raceEnabled = true
