package supervisor

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/featuregate"
	"go.opentelemetry.io/collector/otelcol"
)

// Root is the type of the command line: with it, main needs no import of the library.
type Root = cobra.Command

// Command returns the Collector's command line with `run` and `validate` of this package: the flags and the other commands are
// upstream's.
func Command(set otelcol.CollectorSettings) *Root {
	upstream := otelcol.NewCommand(set)
	var locations locations
	root := &cobra.Command{
		Use: upstream.Use, Version: upstream.Version, SilenceUsage: true, Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			resolved, err := locations.apply(set)
			if err != nil {
				return err
			}
			return Run(command.Context(), resolved)
		},
	}
	validate := &cobra.Command{
		Use: "validate", Short: "Check a configuration without running it", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			resolved, err := locations.apply(set)
			if err != nil {
				return err
			}
			return Validate(command.Context(), resolved, command.ErrOrStderr())
		},
	}
	for _, command := range []*cobra.Command{root, validate} {
		command.Flags().AddGoFlagSet(locations.flags())
	}
	for _, command := range upstream.Commands() {
		if command.Name() == validate.Name() {
			continue
		}
		upstream.RemoveCommand(command)
		root.AddCommand(command)
	}
	root.AddCommand(validate)
	return root
}

// locations are what --config and --set name, in the order in which they are merged.
type locations struct {
	files list
	sets  []string
}

// list is a flag that may be repeated.
type list []string

func (l *list) String() string { return "[" + strings.Join(*l, ", ") + "]" }

// Set adds a value.
func (l *list) Set(value string) error {
	*l = append(*l, value)
	return nil
}

func (l *locations) flags() *flag.FlagSet {
	flags := new(flag.FlagSet)
	flags.Var(&l.files, "config", "location of a configuration; repeat it to merge several, later ones win")
	flags.Func("set", "property to merge over the configuration", func(property string) error {
		key, value, ok := strings.Cut(property, "=")
		if !ok {
			return errors.New("write key=value, such as processors.batch.timeout=2s")
		}
		l.sets = append(l.sets, fmt.Sprintf("yaml:%s: %s", strings.TrimSpace(strings.ReplaceAll(key, ".", "::")), strings.TrimSpace(value)))
		return nil
	})
	featuregate.GlobalRegistry().RegisterFlags(flags)
	return flags
}

// apply returns set with the locations in it.
func (l *locations) apply(set otelcol.CollectorSettings) (otelcol.CollectorSettings, error) {
	resolver := &set.ConfigProviderSettings.ResolverSettings
	if all := slices.Concat(l.files, l.sets); len(all) > 0 {
		resolver.URIs = all
	}
	if len(resolver.URIs) == 0 {
		return set, errors.New("no configuration: name one with --config FILE, or --config prometheus:FILE for a prometheus.yml")
	}
	if resolver.DefaultScheme == "" {
		resolver.DefaultScheme = "env"
	}
	resolver.ProviderSettings, resolver.ConverterSettings = confmap.ProviderSettings{}, confmap.ConverterSettings{}
	return set, nil
}
