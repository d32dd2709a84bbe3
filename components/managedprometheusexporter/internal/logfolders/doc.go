// Package logfolders keeps order among the folders below a wal::directory. An exporter finds its write-ahead log by its own id:
// an exporter that is renamed, or an entry of remote_write whose URL is corrected, would begin an empty log and leave the
// samples of the old one behind. This package finds such logs, and hands them over.
//
//	wal::directory/
//	    destinations                         the exporters of the last start, see list.go
//	    managed_prometheus@a1/               the log of managed_prometheus/a1
//	    managed_prometheus@a1,managed_...    a log handed to managed_prometheus/a1, which it delivers beside its own
//
// A log is orphaned when no exporter that runs has it and nobody holds its lock. See docs/decisions/0015.
package logfolders
