package delivery

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"time"
)

// The file of the quarantine: slots {hash of the series 8, its first ordinal that is not settled 8, CRC32C of these 16 4}, little
// endian. A slot that is free, or torn by a power cut, fails its checksum.
const (
	suspectsName = "quarantine"
	suspectSize  = 20
)

// suspectsFile keeps the quarantine on disk. Its methods are called with the quarantine's lock held.
type suspectsFile struct {
	path string
	file *os.File // nil until the first series
	free []int    // slots
	end  int      // slots in the file
	sync bool     // each new series is forced to disk, as the log is
}

// loadSuspects reads the series that were in quarantine in an earlier run. Without a file there are none.
func loadSuspects(directory string) map[uint64]*suspect {
	series := map[uint64]*suspect{}
	content, err := os.ReadFile(filepath.Join(directory, suspectsName))
	if err != nil {
		return series
	}
	for slot := 0; (slot+1)*suspectSize <= len(content); slot++ {
		one := content[slot*suspectSize : (slot+1)*suspectSize]
		if binary.LittleEndian.Uint32(one[16:]) == crc32.Checksum(one[:16], castagnoli) && len(series) < maxSuspects {
			hash := binary.LittleEndian.Uint64(one)
			series[hash] = &suspect{slot: slot, from: binary.LittleEndian.Uint64(one[8:]), until: time.Now().Add(suspectExpires)}
		}
	}
	return series
}

// openQuarantine goes on with what an earlier run has left.
func openQuarantine(directory string, sync bool) *quarantine {
	k := &quarantine{series: loadSuspects(directory), file: suspectsFile{path: filepath.Join(directory, suspectsName), sync: sync}}
	used := map[int]bool{}
	for _, s := range k.series {
		used[s.slot] = true
		k.file.end = max(k.file.end, s.slot+1)
	}
	for slot := range k.file.end {
		if !used[slot] {
			k.file.free = append(k.file.free, slot)
		}
	}
	k.count.Store(int64(len(k.series)))
	return k
}

// put writes a series into a free slot.
func (f *suspectsFile) put(hash, from uint64) (slot int, err error) {
	slot = f.end
	if n := len(f.free); n > 0 {
		slot = f.free[n-1]
	}
	if err := f.write(slot, hash, from); err != nil {
		return 0, err
	}
	if slot == f.end {
		f.end++
	} else {
		f.free = f.free[:len(f.free)-1]
	}
	if f.sync {
		return slot, f.file.Sync()
	}
	return slot, nil
}

func (f *suspectsFile) write(slot int, hash, from uint64) error {
	var one [suspectSize]byte
	binary.LittleEndian.PutUint64(one[:], hash)
	binary.LittleEndian.PutUint64(one[8:], from)
	binary.LittleEndian.PutUint32(one[16:], crc32.Checksum(one[:16], castagnoli))
	return f.writeAt(slot, one[:])
}

func (f *suspectsFile) remove(slot int) error {
	f.free = append(f.free, slot)
	free := [suspectSize]byte{16: 1} // the checksum of 16 zeros is another
	return f.writeAt(slot, free[:])
}

func (f *suspectsFile) writeAt(slot int, content []byte) (err error) {
	if f.file == nil {
		if f.file, err = os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
			return fmt.Errorf("open %q: %w", f.path, err)
		}
	}
	if _, err := f.file.WriteAt(content, int64(slot)*suspectSize); err != nil {
		return fmt.Errorf("write %q: %w", f.path, err)
	}
	return nil
}

func (k *quarantine) close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.file.file == nil {
		return nil
	}
	if err := k.file.file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("close %q: %w", k.file.path, err)
	}
	return nil
}
