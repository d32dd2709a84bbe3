package logfolders

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// listName is the file in a wal::directory that says which folders the exporters of the last start have. By it, what
// disappeared since then is distinguished from what was orphaned before, and from the logs of other collectors.
const listName = "destinations"

type list struct {
	Version int      `json:"version"`
	Folders []string `json:"folders"` // sorted
}

// readList returns the folders of the last start; known is false where none is on record.
func readList(directory string) (folders []string, known bool, err error) {
	path := filepath.Join(directory, listName)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	var l list
	if err := json.Unmarshal(content, &l); err != nil || l.Version != 1 {
		return nil, false, fmt.Errorf("%q is damaged: which exporters ran before is not known", path)
	}
	return l.Folders, true, nil
}

// writeList replaces the list, all or nothing. It writes nothing when the list is the same.
func writeList(directory string, folders []string) error {
	folders = slices.Sorted(slices.Values(folders))
	if before, known, err := readList(directory); err == nil && known && slices.Equal(before, folders) {
		return nil
	}
	content, err := json.Marshal(list{Version: 1, Folders: folders})
	if err != nil {
		return err
	}
	path := filepath.Join(directory, listName)
	if err := os.WriteFile(path+".new", append(content, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
