package e2e

import (
	"errors"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// byWriter is a change in one go.
func byWriter(write harness.KeyWriter) func(*styleWatch) time.Time {
	return func(w *styleWatch) time.Time {
		require.NoError(w, write(w.path, w.next))
		return time.Now()
	}
}

// sameSizeAndTime leaves nothing but the content to tell the pairs apart.
func sameSizeAndTime(w *styleWatch) time.Time {
	before, err := os.Stat(w.path)
	require.NoError(w, err)
	require.NoError(w, harness.WriteInPlace(w.path, w.next))
	require.NoError(w, os.Chtimes(w.path, before.ModTime(), before.ModTime()))
	written := time.Now()
	after, err := os.Stat(w.path)
	require.NoError(w, err)
	assert.Equal(w, before.Size(), after.Size())
	assert.Equal(w, before.ModTime(), after.ModTime())
	return written
}

func removedThenCreated(w *styleWatch) time.Time {
	require.NoError(w, os.Remove(w.path))
	w.sees("does not exist")
	return byWriter(harness.WriteInPlace)(w)
}

func movedAway(w *styleWatch) time.Time {
	require.NoError(w, os.Rename(w.path, w.path+".old"))
	w.sees("does not exist")
	return byWriter(harness.RenameOver)(w)
}

// afterContent is a change during which the file has a content that is no pair.
func afterContent(content string) func(*styleWatch) time.Time {
	return func(w *styleWatch) time.Time {
		require.NoError(w, writeFile(w.path, content))
		w.sees("AccessKey file")
		return byWriter(harness.WriteInPlace)(w)
	}
}

func unreadableFirst(w *styleWatch) time.Time {
	next := w.path + ".next"
	require.NoError(w, harness.WriteInPlace(next, w.next))
	require.NoError(w, os.Chmod(next, 0))
	require.NoError(w, os.Rename(next, w.path))
	w.sees("mode 0000")
	require.NoError(w, os.Chmod(w.path, 0o600))
	return time.Now()
}

func idThenSecret(w *styleWatch) time.Time {
	require.NoError(w, writeFile(w.path+".id", w.next.ID+"\n"))
	w.sees("only one half")
	require.NoError(w, writeFile(w.path, w.next.Secret+"\n"))
	return time.Now()
}

func secretThenID(w *styleWatch) time.Time {
	require.NoError(w, writeFile(w.path, w.next.Secret+"\n"))
	w.sees("only one half")
	require.NoError(w, writeFile(w.path+".id", w.next.ID+"\n"))
	return time.Now()
}

// tmpfs is a temporary folder in memory; Kubernetes mounts Secrets on one.
func tmpfs(t *testing.T) string {
	t.Helper()
	const sharedMemory, magic = "/dev/shm", 0x01021994 // TMPFS_MAGIC of statfs(2)
	var info syscall.Statfs_t
	require.NoError(t, syscall.Statfs(sharedMemory, &info))
	require.EqualValues(t, magic, info.Type, "%s is no tmpfs on this machine", sharedMemory)
	directory, err := os.MkdirTemp(sharedMemory, "msp-collector-e2e-")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(directory)) })
	return directory
}

// startUnprivileged starts a collector to whom file modes apply even if root runs the tests: it cannot regain what its
// thread has dropped from the capability bounding set (capabilities(7)). The thread ends with the goroutine.
func startUnprivileged(t *testing.T, settings harness.CollectorSettings) *harness.Collector {
	t.Helper()
	const dropBounding, dacOverride, dacReadSearch = 24, 1, 2 // PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
	var collector *harness.Collector
	var err error
	ctx, started := deadline(t, patience), make(chan struct{})
	go func() {
		defer close(started)
		runtime.LockOSThread()
		for _, capability := range []uintptr{dacOverride, dacReadSearch} {
			_, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, dropBounding, capability, 0)
			if errno != 0 && os.Geteuid() == 0 { // only root has, and needs to drop, them
				err = errors.Join(err, errno)
			}
		}
		if err == nil {
			collector, err = harness.StartCollector(ctx, settings)
		}
	}()
	<-started
	require.NoError(t, err)
	stopAtEnd(t, "the collector", collector.Process)
	return collector
}
