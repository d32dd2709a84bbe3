//go:build unix

package filemode

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// nobody is a user that owns nothing here.
const nobody = 65534

// reader is set in a process of this test that runs as nobody and prints the explanation for a file.
const reader = "UNREADABLE_TEST_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(reader); path != "" {
		_, err := os.ReadFile(path)
		fmt.Println(Explain(err))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// asNobody returns what Explain says to nobody about reading a file. Only root can become nobody.
func asNobody(t *testing.T, path string) string {
	t.Helper()
	program := filepath.Join(filepath.Dir(path), "..", "test.binary")
	content, err := os.ReadFile("/proc/self/exe")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(program, content, 0o755))
	command := exec.Command(program)
	command.Env = []string{reader + "=" + path}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	command.Dir = "/"
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
	return strings.TrimSpace(string(output))
}

// folder makes a folder that everybody can pass through, with one in it.
func folder(t *testing.T) string {
	t.Helper()
	root, err := os.MkdirTemp("/tmp", "unreadable")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	inner := filepath.Join(root, "inner")
	require.NoError(t, os.Mkdir(inner, 0o755))
	require.NoError(t, os.Chmod(root, 0o755))
	return inner
}

// The command that an explanation names cures the fault it is about.
func TestTheCommandCures(t *testing.T) {
	if os.Geteuid() != 0 {
		ownFileIsExplained(t)
		return
	}
	for name, c := range map[string]struct {
		spoil func(t *testing.T, folder, file string)
		says  string // FILE and FOLDER stand for the paths
	}{
		"another's file": {
			func(t *testing.T, _, file string) { require.NoError(t, os.Chmod(file, 0o600)) },
			"the file FILE belongs to uid 0, gid 0 with mode 0600: run chgrp 65534 FILE && chmod g+r FILE",
		},
		"group without the right": {
			func(t *testing.T, _, file string) {
				require.NoError(t, os.Chown(file, 0, nobody))
				require.NoError(t, os.Chmod(file, 0o600))
			},
			"the file FILE belongs to uid 0, gid 65534 with mode 0600: run chmod g+r FILE",
		},
		"own file": {
			func(t *testing.T, _, file string) {
				require.NoError(t, os.Chown(file, nobody, 0))
				require.NoError(t, os.Chmod(file, 0o044))
			},
			"the file FILE belongs to uid 65534, gid 0 with mode 0044: run chmod u+r FILE",
		},
		"another's folder": {
			func(t *testing.T, folder, _ string) { require.NoError(t, os.Chmod(folder, 0o700)) },
			"the folder FOLDER belongs to uid 0, gid 0 with mode 0700: run chgrp 65534 FOLDER && chmod g+x FOLDER",
		},
	} {
		t.Run(name, func(t *testing.T) {
			inner := folder(t)
			file := filepath.Join(inner, "a file")
			require.NoError(t, os.WriteFile(file, []byte("x"), 0o644))
			c.spoil(t, inner, file)
			said := asNobody(t, file)
			t.Log(said)
			assert.Contains(t, said, "permission denied: this process runs as ")
			assert.Contains(t, said, "(uid 65534, gid 65534)")
			belongs, run, _ := strings.Cut(c.says, ": run ")
			assert.Contains(t, said, strings.NewReplacer("FILE", file, "FOLDER", inner).Replace(belongs))
			run = strings.NewReplacer("FILE", "'"+file+"'", "FOLDER", inner).Replace(run)
			require.Contains(t, said, ": run "+run)
			output, err := exec.Command("sh", "-ec", run).CombinedOutput()
			require.NoError(t, err, string(output))
			assert.Equal(t, "<nil>", strings.ReplaceAll(asNobody(t, file), "%!v(<nil>)", "<nil>"))
		})
	}
}

// ownFileIsExplained is what a user other than root can try.
func ownFileIsExplained(t *testing.T) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o044))
	_, err := os.ReadFile(file)
	require.ErrorContains(t, Explain(err), "with mode 0044: run chmod u+r "+file)
}

func TestExposed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	assert.Empty(t, Exposed(file))
	assert.Empty(t, Exposed(file+".none"))
	require.NoError(t, os.Chmod(file, 0o644))
	command := Exposed(file)
	assert.Equal(t, "chmod o-rwx "+file, command)
	output, err := exec.Command("sh", "-ec", command).CombinedOutput()
	require.NoError(t, err, string(output))
	assert.Empty(t, Exposed(file))
}

func TestOtherErrorsAreLeftAlone(t *testing.T) {
	require.NoError(t, Explain(nil))
	missing := &fs.PathError{Op: "open", Path: "/none", Err: fs.ErrNotExist}
	assert.Equal(t, error(missing), Explain(missing))
	assert.Equal(t, fs.ErrPermission, Explain(fs.ErrPermission), "which file is unknown")
}

func TestWhatIsWrappedStaysSo(t *testing.T) {
	denied := fmt.Errorf("key: %w", &fs.PathError{Op: "open", Path: "/etc/hostname", Err: syscall.EACCES})
	err := Explain(denied)
	require.ErrorIs(t, err, fs.ErrPermission)
	require.True(t, strings.HasPrefix(err.Error(), "key: open /etc/hostname: permission denied: this process runs as "))
	require.Contains(t, err.Error(), "which would allow it: look for SELinux", "the file is readable: the cause is elsewhere")
	var path *fs.PathError
	require.ErrorAs(t, err, &path)
}
