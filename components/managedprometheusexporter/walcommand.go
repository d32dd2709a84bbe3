package managedprometheusexporter

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/logfolders"
)

const walUsage = `usage: msp-collector wal list [DIRECTORY]
       msp-collector wal deliver FOLDER EXPORTER
       msp-collector wal delete FOLDER
`

// WALHelp describes the command `msp-collector wal`.
const WALHelp = `Lists write-ahead logs, and delivers or deletes those of exporters that are no longer configured:

  msp-collector wal list /var/lib/msp-collector/wal
  msp-collector wal deliver /var/lib/msp-collector/wal/managed_prometheus@old managed_prometheus/main
  msp-collector wal delete /var/lib/msp-collector/wal/managed_prometheus@old

list shows the logs below a wal::directory. Without DIRECTORY that is $MSP_WAL_DIRECTORY, else $STATE_DIRECTORY/wal, else
` + defaultDirectory + `.

deliver hands a log to an exporter of the configuration, which delivers the samples within seconds if the collector runs, else after
its next start. delete deletes the log with all its samples. A log that is in use, or that belongs to an exporter of the last
start, is neither handed over nor deleted.`

var errWALUsage = errors.New("the arguments of `msp-collector wal` are wrong")

// WAL is the command `msp-collector wal`: it lists, hands over and deletes write-ahead logs, and returns the exit code.
func WAL(args []string, stdout, stderr io.Writer) int {
	err := walCommand(args, stdout)
	switch {
	case errors.Is(err, errWALUsage):
		_, _ = fmt.Fprint(stderr, walUsage) // nobody may be listening, here and below
		return 2
	case err != nil:
		_, _ = fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

func walCommand(args []string, stdout io.Writer) error {
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch {
	case command == "list" && len(args) == 0:
		return listLogs(commandDirectory(), stdout)
	case command == "list" && len(args) == 1:
		return listLogs(args[0], stdout)
	case command == "deliver" && len(args) == 2:
		return deliverLog(args[0], args[1], stdout)
	case command == "delete" && len(args) == 1:
		return deleteLog(args[0], stdout)
	}
	return errWALUsage
}

// commandDirectory is where logs are unless an argument says otherwise.
func commandDirectory() string {
	state := ""
	if all := filepath.SplitList(os.Getenv("STATE_DIRECTORY")); len(all) > 0 {
		state = filepath.Join(all[0], "wal")
	}
	return cmp.Or(os.Getenv("MSP_WAL_DIRECTORY"), state, defaultDirectory)
}

func listLogs(directory string, stdout io.Writer) error {
	if _, err := os.Stat(directory); err != nil {
		return err
	}
	all, err := logfolders.List(directory)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		_, err := fmt.Fprintf(stdout, "No write-ahead log is in %s.\n", directory)
		return err
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "FOLDER\tEXPORTER\tSTATE\tSAMPLES\tBYTES\tENDPOINT") // errors are those of Flush
	for i := range all {
		f := &all[i]
		samples := fmt.Sprint(f.Samples)
		if f.Err != nil {
			samples = "unknown: " + f.Err.Error()
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\n", f.Path(), logfolders.ID(f.Name), f.State, samples, f.Bytes, withoutQuery(f.Endpoint))
	}
	return table.Flush()
}

func deliverLog(path, to string, stdout io.Writer) error {
	f, target, err := logfolders.Hand(path, to)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "Handed over: %d samples, %d bytes, from %s to %s.\nThe exporter delivers them within seconds if it runs, else after its next start, and deletes the folder when it is empty.\n",
		f.Samples, f.Bytes, f.Path(), target)
	return err
}

func deleteLog(path string, stdout io.Writer) error {
	f, err := logfolders.Delete(path)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "Deleted: %d samples, %d bytes, in %s.\n", f.Samples, f.Bytes, f.Path())
	return err
}
