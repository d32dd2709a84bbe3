package prometheusconfigprovider

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/prometheusconfigprovider/internal/translate"
)

// report is what people should know about a prometheus.yml that is valid.
type report struct {
	notes    []translate.Note // what is not honoured
	added    []string         // what the collector adds
	warnings []string         // what is probably not meant
}

// show logs the report, or, under `validate`, which has no log, prints it on standard error. What is in
// before has been reported already.
func (r report) show(logger *zap.Logger, before report) {
	if len(r.notes) > 0 && !reflect.DeepEqual(r.notes, before.notes) {
		lines := make([]string, len(r.notes))
		for i, note := range r.notes {
			lines[i] = note.String()
		}
		if validating() {
			printParts("Not honoured of the prometheus.yml", lines)
		} else {
			logger.Warn("Parts of the prometheus.yml are not honoured", zap.Strings("parts", lines))
		}
	}
	if len(r.added) > 0 && !slices.Equal(r.added, before.added) {
		if validating() {
			printParts("Added to the prometheus.yml", r.added)
		} else {
			logger.Info("The collector adds to the prometheus.yml", zap.Strings("parts", r.added))
		}
	}
	if len(r.warnings) > 0 && !slices.Equal(r.warnings, before.warnings) {
		if validating() {
			printParts("Warnings about the prometheus.yml", r.warnings)
		} else {
			logger.Warn("The prometheus.yml is valid, but should be corrected", zap.Strings("parts", r.warnings))
		}
	}
}

// validating reports whether the command is `validate`.
func validating() bool { return len(os.Args) > 1 && slices.Contains(os.Args[1:], "validate") }

func printParts(title string, lines []string) {
	fmt.Fprintf(os.Stderr, "%s:\n  %s\n", title, strings.Join(lines, "\n  "))
}
