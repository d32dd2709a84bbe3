package delivery

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
)

// The file: a header {magic 8, shards 4, CRC32C of these 4}, then a slot for each shard {acknowledged 8, intended 8, shard 4,
// CRC32C of these 4}. Little endian. A slot does not cross a disk sector of 512 bytes more often than its size makes it, and
// one torn by a power cut fails its checksum: the copy's stands in.
const (
	magic      = "MSPCKPT1"
	headerSize = 16
	slotSize   = 24
	maxShards  = 1 << 16
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func slotOffset(shard int) int64 { return headerSize + int64(shard)*slotSize }

func encodeCheckpoint(shards []progress) []byte {
	content := make([]byte, headerSize+len(shards)*slotSize)
	copy(content, magic)
	binary.LittleEndian.PutUint32(content[8:], uint32(len(shards))) //nolint:gosec // at most maxShards
	binary.LittleEndian.PutUint32(content[12:], crc32.Checksum(content[:12], castagnoli))
	for i, p := range shards {
		encodeSlot(content[slotOffset(i):], i, p)
	}
	return content
}

func encodeSlot(slot []byte, shard int, p progress) {
	binary.LittleEndian.PutUint64(slot, p.acknowledged)
	binary.LittleEndian.PutUint64(slot[8:], p.intended)
	binary.LittleEndian.PutUint32(slot[16:], uint32(shard)) //nolint:gosec // at most maxShards
	binary.LittleEndian.PutUint32(slot[20:], crc32.Checksum(slot[:20], castagnoli))
}

// decodeCheckpoint reads a file. Slots that fail their checksum are absent from valid.
func decodeCheckpoint(content []byte) (shards []progress, valid []bool, err error) {
	if len(content) < headerSize || string(content[:8]) != magic ||
		binary.LittleEndian.Uint32(content[12:]) != crc32.Checksum(content[:12], castagnoli) {
		return nil, nil, errors.New("it has no valid header")
	}
	n := binary.LittleEndian.Uint32(content[8:])
	if n == 0 || n > maxShards {
		return nil, nil, fmt.Errorf("it says %d shards", n)
	}
	shards, valid = make([]progress, n), make([]bool, n)
	for i := range shards {
		offset := slotOffset(i)
		if offset+slotSize > int64(len(content)) {
			break
		}
		slot := content[offset : offset+slotSize]
		if binary.LittleEndian.Uint32(slot[20:]) != crc32.Checksum(slot[:20], castagnoli) ||
			binary.LittleEndian.Uint32(slot[16:]) != uint32(i) {
			continue
		}
		shards[i] = progress{binary.LittleEndian.Uint64(slot), binary.LittleEndian.Uint64(slot[8:])}
		valid[i] = true
	}
	return shards, valid, nil
}

// loadCheckpoint returns the progress of each shard of an earlier run, from the file and, where that is damaged, from its
// copy. Shards neither knows have made no progress. Without either there are no shards; problems tells what was damaged.
func loadCheckpoint(directory string) (shards []progress, problems []string) {
	path := filepath.Join(directory, checkpointFile)
	main, valid, err := readCheckpoint(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		problems = append(problems, fmt.Sprintf("%s: %v", path, err))
	}
	backup, backupValid, backupErr := readCheckpoint(path + backupSuffix)
	if err != nil {
		if backupErr == nil && errors.Is(err, os.ErrNotExist) {
			problems = append(problems, path+" is missing")
		}
		main, valid = backup, backupValid
	}
	for i := range main {
		if valid[i] {
			continue
		}
		problems = append(problems, fmt.Sprintf("%s: shard %d is damaged", path, i))
		if len(backup) == len(main) && backupValid[i] {
			main[i] = backup[i]
		}
	}
	return main, problems
}

func readCheckpoint(path string) ([]progress, []bool, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	return decodeCheckpoint(content)
}

type replacer func(path string, content []byte) (*os.File, error)

// replaceFile writes a file under another name first, so that there is never half of one, and returns it open.
func replaceFile(path string, content []byte) (*os.File, error) {
	file, err := os.OpenFile(path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err = file.Write(content); err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		_ = file.Close()
		_ = os.Remove(path + ".new")
		return nil, err
	}
	return file, nil
}
