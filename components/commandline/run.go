package commandline

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// Command is a command that this distribution adds.
type Command struct {
	Use   string // name and arguments, such as "probe [URL]"
	Short string // what the list of commands says
	Long  string // what its own help says
	// Run gets the arguments behind the name, and returns the exit code.
	Run func(args []string) int
}

// leftToMain are the library's commands that print nothing but facts of the build, which main knows.
var leftToMain = map[string]bool{"components": true, "featuregate": true}

// Run handles the arguments of one invocation on a fresh command of the collector's library, and returns the exit code. It
// returns false and has no effect when the arguments run the collector, which is left to main.
func Run(root *cobra.Command, args []string, stderr io.Writer, commands ...Command) (code int, handled bool) {
	decorate(root, commands)
	command, rest, err := root.Find(args)
	if err == nil {
		command.InitDefaultHelpFlag()
		command.InitDefaultVersionFlag()
		given, parseErr := parse(command, rest)
		if parseErr == nil && !given.help {
			if given.version || leftToMain[command.Name()] {
				return 0, false
			}
			if mistake := given.mistake(command); mistake != nil {
				_, _ = fmt.Fprintln(stderr, "Error:", mistake) // nobody may be listening
				return 1, true
			}
			if command == root {
				return 0, false
			}
		}
	}
	root.SetArgs(args)
	root.SetErr(stderr)
	err = root.Execute()
	var failed exitCode
	if errors.As(err, &failed) {
		return int(failed), true
	} else if err != nil {
		return 1, true
	}
	return 0, true
}

// exitCode is the error of a command that has said itself what is wrong.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

func (c Command) cobra() *cobra.Command {
	return &cobra.Command{Use: c.Use, Short: c.Short, Long: c.Long, RunE: func(command *cobra.Command, args []string) error {
		if code := c.Run(args); code != 0 {
			command.SilenceErrors = true
			return exitCode(code)
		}
		return nil
	}}
}
