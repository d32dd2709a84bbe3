package delivery

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// progress is how far a shard is: done with every sample of it below acknowledged; a request with its samples from there to
// before intended may be in flight.
type progress struct{ acknowledged, intended uint64 }

// checkpoint keeps the progress of every shard in a file, which a crash of the process cannot take away: each change is one
// small write. A copy is refreshed every second for when the file itself is lost. Safe for concurrent use.
type checkpoint struct {
	path    string
	replace replacer

	mu     sync.Mutex
	file   *os.File
	shards []progress
	begun  []int // batches of each shard that have not ended
	dirty  bool  // since the last refresh
}

const (
	checkpointFile = "checkpoint"
	backupSuffix   = ".backup"
)

// openCheckpoint goes on with the file there is when it has as many shards as are given, which takes no room on the disk, or
// else begins one in its place.
func openCheckpoint(set *Settings, shards []progress) (*checkpoint, error) {
	c := &checkpoint{path: filepath.Join(set.Log.Directory, checkpointFile), replace: set.replace}
	if c.replace == nil {
		c.replace = replaceFile
	}
	before, valid, err := readCheckpoint(c.path)
	if err != nil || len(before) != len(shards) {
		return c, c.reset(shards)
	}
	return c, c.resume(shards, before, valid)
}

// resume writes into the file what differs in it. Slot by slot, so that it is right at any moment.
func (c *checkpoint) resume(shards, before []progress, valid []bool) error {
	file, err := os.OpenFile(c.path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("open the checkpoint %q: %w", c.path, err)
	}
	c.file, c.shards, c.begun, c.dirty = file, shards, make([]int, len(shards)), true
	for i, p := range shards {
		if valid[i] && before[i] == p {
			continue
		}
		if err := c.write(i); err != nil {
			_ = file.Close()
			return err
		}
	}
	return nil
}

// reset replaces the shards and their number: all or nothing.
func (c *checkpoint) reset(shards []progress) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	file, err := c.replace(c.path, encodeCheckpoint(shards))
	if err != nil {
		return fmt.Errorf("write the checkpoint %q: %w", c.path, err)
	}
	if c.file != nil {
		_ = c.file.Close() // it has been replaced
	}
	c.file, c.shards, c.begun, c.dirty = file, shards, make([]int, len(shards)), true
	return nil
}

// begin and end count the batches of a shard.
func (c *checkpoint) begin(shard int) { c.count(shard, 1) }
func (c *checkpoint) end(shard int)   { c.count(shard, -1) }

func (c *checkpoint) count(shard, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.begun[shard] += n
}

// idle tells whether no batch is begun.
func (c *checkpoint) idle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !slices.ContainsFunc(c.begun, func(n int) bool { return n > 0 })
}

// acknowledgeIdle says that shards without a batch are done up to where the dispatcher was, as the caller found out before:
// without it a shard whose series are seldom would keep the log from being released.
func (c *checkpoint) acknowledgeIdle(dispatched uint64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	for i := range c.shards {
		if c.begun[i] == 0 {
			err = errors.Join(err, c.set(i, progress{max(c.shards[i].acknowledged, dispatched), c.shards[i].intended}))
		}
	}
	return err
}

// intend says that a request with the samples of a shard up to before an ordinal is about to be sent.
func (c *checkpoint) intend(shard int, before uint64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.set(shard, progress{c.shards[shard].acknowledged, before})
}

// acknowledge says that a shard is done with its samples up to before an ordinal.
func (c *checkpoint) acknowledge(shard int, before uint64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.set(shard, progress{max(c.shards[shard].acknowledged, before), c.shards[shard].intended})
}

// set writes one shard's progress. The caller holds the lock.
func (c *checkpoint) set(shard int, p progress) error {
	if c.shards[shard] == p {
		return nil
	}
	c.shards[shard], c.dirty = p, true
	return c.write(shard)
}

func (c *checkpoint) write(shard int) error {
	var slot [slotSize]byte
	encodeSlot(slot[:], shard, c.shards[shard])
	if _, err := c.file.WriteAt(slot[:], slotOffset(shard)); err != nil {
		return fmt.Errorf("write the checkpoint %q: %w", c.path, err)
	}
	return nil
}

// lowest is the ordinal up to which all shards are done.
func (c *checkpoint) lowest() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	lowest := c.shards[0].acknowledged
	for _, p := range c.shards[1:] {
		lowest = min(lowest, p.acknowledged)
	}
	return lowest
}

// refresh brings the copy up to date, and both to disk when sync is set. It is not called twice at the same time; shards go on
// meanwhile, however slow the disk is.
func (c *checkpoint) refresh(sync bool) error {
	file, content := c.unsaved()
	if file == nil {
		return nil
	}
	err := c.save(file, content, sync)
	if err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.dirty = true
	}
	return err
}

// unsaved returns the file and what is in it, when that has changed since the last call.
func (c *checkpoint) unsaved() (*os.File, []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.dirty {
		return nil, nil
	}
	c.dirty = false
	return c.file, encodeCheckpoint(c.shards)
}

func (c *checkpoint) save(file *os.File, content []byte, sync bool) error {
	backup, err := c.replace(c.path+backupSuffix, content)
	if err != nil {
		return fmt.Errorf("write the copy of the checkpoint %q: %w", c.path, err)
	}
	defer backup.Close()
	if !sync {
		return nil
	}
	err = file.Sync()
	if errors.Is(err, os.ErrClosed) {
		err = nil // it was replaced meanwhile, by one that the next refresh is for
	}
	return errors.Join(backup.Sync(), err)
}

func (c *checkpoint) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.file.Close()
}
