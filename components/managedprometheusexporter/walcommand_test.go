package managedprometheusexporter

import (
	"bytes"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// walRun runs the command and returns its exit code and what it printed.
func walRun(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = WAL(args, &out, &err)
	return code, out.String(), err.String()
}

func TestWALCommand(t *testing.T) {
	endpoint := newReceiver(t)
	endpoint.answer(http.StatusForbidden)
	config := endpoint.config(t)
	directory := config.WAL.Directory
	config.HTTP.Endpoint += "?token=secret"
	before := serve(t, []string{"o1", "o2"}, map[string]*Config{"o1": config, "o2": config})
	before.send("o1", 0, 5)
	before.send("o2", 0, 7)
	code, stdout, _ := walRun("list", directory)
	require.Zero(t, code)
	require.Contains(t, stdout, "in use")
	o1, o2 := filepath.Join(directory, "managed_prometheus@o1"), filepath.Join(directory, "managed_prometheus@o2")
	for _, args := range [][]string{{"delete", o1}, {"deliver", o1, "managed_prometheus/o2"}} {
		code, _, stderr := walRun(args...)
		require.Equal(t, 1, code)
		require.Contains(t, stderr, "in use")
	}
	before.stop()

	t.Setenv("MSP_WAL_DIRECTORY", directory)
	code, stdout, _ = walRun("list")
	require.Zero(t, code)
	require.Regexp(t, o1+` +managed_prometheus/o1 +waiting +5 +\d+ +`+endpoint.URL, stdout)
	require.NotContains(t, stdout, "secret")
	serve(t, []string{"n1", "n2"}, map[string]*Config{"n1": config, "n2": config}).stop()
	_, stdout, _ = walRun("list")
	require.Regexp(t, o1+` +managed_prometheus/o1 +orphaned +5`, stdout)

	code, stdout, _ = walRun("deliver", o1, "managed_prometheus/n1")
	require.Zero(t, code)
	require.Contains(t, stdout, "Handed over: 5 samples, ")
	code, stdout, _ = walRun("delete", o2)
	require.Zero(t, code)
	require.Contains(t, stdout, "Deleted: 7 samples, ")
	require.NoDirExists(t, o2)
}

func TestWALCommandIsUsedWrongly(t *testing.T) {
	for _, args := range [][]string{
		{}, {"lits"}, {"list", "a", "b"}, {"deliver", "a"}, {"deliver", "a", "b", "c"}, {"delete"}, {"delete", "a", "b"},
	} {
		code, stdout, stderr := walRun(args...)
		require.Equal(t, 2, code, args)
		require.Empty(t, stdout)
		require.Contains(t, stderr, "usage: msp-collector wal list")
	}
	code, _, stderr := walRun("list", filepath.Join(t.TempDir(), "missing"))
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "missing")
	code, stdout, _ := walRun("list", t.TempDir())
	require.Zero(t, code)
	require.Contains(t, stdout, "No write-ahead log is in")
}
