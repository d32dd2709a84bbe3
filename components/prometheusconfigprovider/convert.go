package prometheusconfigprovider

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/msp-collector/msp-collector/components/prometheusconfigprovider/internal/translate"
)

var errUsage = errors.New("usage: msp-collector-convert /etc/prometheus/prometheus.yml > collector.yaml")

// Convert is the command msp-collector-convert: it prints a prometheus.yml as a configuration of the collector, to keep and to
// change, and returns the exit code.
//
//	msp-collector-convert /etc/prometheus/prometheus.yml > collector.yaml
//
// It prints no secrets: where one stands in the prometheus.yml, it prints the file or the environment variable to put it into.
func Convert(args []string, stdout, stderr io.Writer) int {
	if err := convert(args, stdout, stderr); err != nil {
		_, _ = fmt.Fprintln(stderr, err) // nobody may be listening
		return 1
	}
	return 0
}

func convert(args []string, stdout, stderr io.Writer) error {
	if len(args) != 1 {
		return errUsage
	}
	source, err := translate.Read(args[0])
	if err != nil {
		return err
	}
	// With its secrets it can be checked.
	if _, err := translate.Translate(source, translate.Carried, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	result, err := translate.Translate(source, translate.Replaced, slog.New(slog.NewTextHandler(stderr, nil)))
	if err != nil {
		return err
	}
	text, err := result.YAML()
	if err != nil {
		return err
	}
	_, err = stdout.Write(text)
	return err
}
