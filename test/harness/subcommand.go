package harness

import "context"

// RunSubcommand runs a subcommand with flags of its own before the --config arguments, to its end, and returns what it
// printed.
func RunSubcommand(ctx context.Context, settings CollectorSettings, args ...string) (string, error) {
	plan, err := settings.plan()
	if err != nil {
		return "", err
	}
	process, err := StartProcess(plan.binary, append(args, plan.args...), plan.env)
	if err != nil {
		return "", err
	}
	defer process.Stop()
	err = process.Wait(ctx)
	return process.Output.String(), err
}
