package commandline

import (
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// arguments are those that matter before the library sees them.
type arguments struct {
	configs []string // values of --config
	sets    []string // values of --set
	gates   []string // values of --feature-gates
	help    bool
	version bool
}

// parse reads the flags of a command into strings: the library's own flags have effects, such as switching feature gates.
func parse(command *cobra.Command, args []string) (arguments, error) {
	var given arguments
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	command.Flags().VisitAll(func(f *pflag.Flag) {
		switch {
		case f.Name == "help":
			flags.BoolVarP(&given.help, f.Name, f.Shorthand, false, "")
		case f.Name == "version":
			flags.BoolVarP(&given.version, f.Name, f.Shorthand, false, "")
		case f.Name == "set":
			flags.StringArrayVar(&given.sets, f.Name, nil, "")
		case f.Name == "config":
			flags.StringArrayVar(&given.configs, f.Name, nil, "")
		case f.Name == "feature-gates":
			flags.StringSliceVar(&given.gates, f.Name, nil, "")
		case f.NoOptDefVal != "":
			flags.BoolP(f.Name, f.Shorthand, false, "")
		default:
			flags.StringArrayP(f.Name, f.Shorthand, nil, "")
		}
	})
	err := flags.Parse(args)
	return given, err
}
