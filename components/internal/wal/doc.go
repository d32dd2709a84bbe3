// Package wal is a log of opaque payloads on disk: what Append has accepted is read back in the order it was accepted,
// across restarts and around damage. It knows nothing of metrics.
//
// The caller counts what a payload holds in items of its own. Items are numbered from 0 for the life of the log, and this
// ordinal is the only position there is: a frame holds the items [First, First+Count), and since no frame is empty, First
// also orders the frames. Ordinals that are skipped are items that were lost, evicted or released.
//
// A log is a directory, held by one process through the file "lock". Its segments are named for the ordinal that follows
// everything in the segments before; only the last is written. A segment is a sequence of frames:
//
//	offset  size
//	     0     4  magic
//	     4     1  version of the format: 1
//	     5     3  zero
//	     8     4  length of the payload as it is stored
//	    12     4  count, at least 1
//	    16     8  first
//	    24     4  CRC32C of the payload as it is stored
//	    28     4  CRC32C of the 28 bytes above and of the frame's offset in the segment (8 bytes)
//	    32        payload: a snappy block
//
// Integers are little endian. The offset is in the checksum so that a page that the file system puts in the wrong place,
// or a frame that somebody sends as a payload, is not taken for a frame.
//
// Damage: a bad payload costs its frame. A bad header is scanned past, byte by byte, to the next good one. Frames of items
// that a later segment claims were refused and could not be taken back; they are never read.
package wal
