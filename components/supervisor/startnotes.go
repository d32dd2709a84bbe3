package supervisor

import (
	"context"
	"reflect"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"
)

// StartNoter is implemented by configurations of exporters whose start changes something on this host that is worth a note, such
// as which write-ahead log belongs to which exporter.
type StartNoter interface {
	// StartNotes returns the notes for all exporters that the service uses, by id. It is called once per type. It changes nothing.
	StartNotes(exporters map[component.ID]component.Config) []string
}

// startNotes returns the notes on a valid configuration.
func startNotes(ctx context.Context, set otelcol.CollectorSettings, conf *confmap.Conf) ([]string, error) {
	factories, err := set.Factories()
	if err != nil {
		return nil, err
	}
	config, err := decode(ctx, conf, factories)
	if err != nil {
		return nil, err
	}
	used := map[component.ID]component.Config{}
	for _, pipeline := range config.Service.Pipelines {
		for _, id := range pipeline.Exporters {
			if exporter, ok := config.Exporters[id]; ok { // else it is a connector
				used[id] = exporter
			}
		}
	}
	return notesOf(used), nil
}

func notesOf(used map[component.ID]component.Config) (notes []string) {
	asked := map[reflect.Type]bool{}
	for _, exporter := range used {
		noter, ok := exporter.(StartNoter)
		if kind := reflect.TypeOf(exporter); ok && !asked[kind] {
			asked[kind] = true
			notes = append(notes, noter.StartNotes(used)...)
		}
	}
	return notes
}
