package secretfile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/internal/secretfile/replacetest"
)

func TestEveryWayOfReplacingAFileIsNoticedByContent(t *testing.T) {
	for _, way := range replacetest.Ways() {
		t.Run(way.Name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "token")
			require.NoError(t, way.Write(path, "former"))
			watch := NewWatch("", path)
			require.Equal(t, []string{path}, watch.Paths())
			require.False(t, watch.Changed())
			require.NoError(t, way.Replace(path, "latest", func() { watch.Changed() }))
			changed := watch.Changed()
			if way.Name != "mode 000 first" || os.Getuid() != 0 { // root has read it before
				require.True(t, changed)
			}
			require.False(t, watch.Changed(), "noticed once")
			require.NoError(t, os.WriteFile(path+"~", []byte("latest"), 0o600))
			require.NoError(t, os.Rename(path+"~", path))
			require.False(t, watch.Changed(), "the same content is no change")
		})
	}
}

func TestTwoFilesDoNotHideEachOthersChange(t *testing.T) {
	dir := t.TempDir()
	one, other := filepath.Join(dir, "one"), filepath.Join(dir, "other")
	require.NoError(t, os.WriteFile(one, []byte("ab"), 0o600))
	require.NoError(t, os.WriteFile(other, []byte("c"), 0o600))
	watch := NewWatch(one, other)
	require.NoError(t, os.WriteFile(one, []byte("a"), 0o600))
	require.NoError(t, os.WriteFile(other, []byte("bc"), 0o600))
	require.True(t, watch.Changed())
}

func TestWhatIsNoRegularFileIsNamedAndNotOpened(t *testing.T) {
	dir := t.TempDir()
	_, err := Read(dir, "bearer token file")
	require.ErrorContains(t, err, "bearer token file")
	require.ErrorContains(t, err, "is a directory: name a regular file")
	_, err = Read(filepath.Join(dir, "none"), "bearer token file")
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "owned by user")
	large := filepath.Join(dir, "large")
	require.NoError(t, os.WriteFile(large, make([]byte, maxSize+1), 0o600))
	_, err = Read(large, "CA file")
	require.ErrorContains(t, err, "larger than 1 MiB")
}

func TestText(t *testing.T) {
	for content, want := range map[string]string{
		"  s3cret \n\n":                        "s3cret",
		"\ts3cret\t":                           "s3cret",
		"s3cret\r\n":                           "s3cret",
		"s3 cret":                              "s3 cret",
		"\xef\xbb\xbfs3cret\n":                 "s3cret",
		"\xef\xbb\xbf \r\n":                    "",
		"\u00a0s3cret\u2028":                   "s3cret",
		" \n":                                  "",
		"":                                     "",
		"s3\u200bcret":                         "s3\u200bcret",
		string([]byte{0xff, 0x73, 0xfe, 0x20}): string([]byte{0xff, 0x73, 0xfe}),
	} {
		got, err := Text([]byte(content))
		require.NoError(t, err, "%q", content)
		require.Equal(t, want, got, "%q", content)
	}
	for _, content := range []string{"\xff\xfes\x00", "\xfe\xff\x00s"} {
		_, err := Text([]byte(content))
		require.ErrorIs(t, err, ErrUTF16)
	}
	require.Equal(t, "LTAI", TrimInvisible("\ufeff\u200b LTAI\u00ad\u2060\r\n"))
}

func TestSignal(t *testing.T) {
	var s Signal
	s.Fire() // with nobody waiting
	one, other := s.Changed(), s.Changed()
	s.Fire()
	<-one
	<-other
	select {
	case <-s.Changed():
		t.Fatal("fired for the change before")
	default:
	}
}
