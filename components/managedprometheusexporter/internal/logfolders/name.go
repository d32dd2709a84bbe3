package logfolders

import (
	"net/url"
	"path/filepath"
	"strings"

	"go.opentelemetry.io/collector/component"
)

// handedBy separates the folder of an exporter from that of a log that was handed to it. Name escapes it in ids.
const handedBy = ","

// Name returns the folder of a component id: one path element that no other id has.
func Name(id component.ID) string {
	if id.Name() == "" {
		return id.Type().String()
	}
	return id.Type().String() + "@" + url.PathEscape(id.Name())
}

// ID returns the id that a folder is named for, for people to read. Of a log that was handed over, the id is made of those of
// both exporters, and is no other exporter's.
func ID(folder string) string {
	owner, source, handed := strings.Cut(folder, handedBy)
	kind, name, named := strings.Cut(owner, "@")
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	switch {
	case handed && named:
		return kind + "/" + name + handedBy + strings.TrimPrefix(ID(source), kind+"/")
	case handed:
		return kind + "/" + handedBy + strings.TrimPrefix(ID(source), kind+"/")
	case named:
		return kind + "/" + name
	}
	return kind
}

// isHandedTo reports whether a folder is a log that was handed to the exporter of another folder.
func isHandedTo(folder, owner string) bool { return strings.HasPrefix(folder, owner+handedBy) }

// source is the folder that a log had before it was handed over, or its own.
func source(folder string) string {
	return folder[strings.LastIndex(folder, handedBy)+1:]
}

// handedName returns a free name in a directory for a log that is handed to the exporter of the folder owner.
func handedName(directory, owner, from string) string {
	name := owner + handedBy + source(from)
	for exists(filepath.Join(directory, name)) {
		name += "~"
	}
	return name
}
