package record

// Reader reads records, one after the other. The zero value is at the end of one. It is not safe for concurrent use.
type Reader struct {
	// Sample is what Next has read. Its labels are valid until the next call, its other slices point into the record.
	Sample Sample

	items  Cursor
	whole  bool // samples are told by themselves, as in version 1
	before before

	raw []byte // the item that Sample is of
	at  uint64 // the number of Sample, one more than that of the sample before it in the same record
}

// hashSize is the size of what samples of version 1 begin with, the hash of the labels.
const hashSize = 8

// Reset begins a record, which must not change until all of it has been read.
func (r *Reader) Reset(record []byte) error {
	r.items, r.Sample, r.raw = Cursor{}, Sample{}, nil
	r.before.reset()
	r.at++
	if len(record) == 0 {
		return ErrCorrupt
	}
	if r.whole = record[0] == wholeVersion; !r.whole && record[0] != version {
		return ErrVersion
	}
	r.items = Items(record[1:])
	return nil
}

// Next reads the next sample, or returns the next metadata, as a whole item. ok is false at the end, or with an error; after one,
// nothing can be said of the rest of the record.
func (r *Reader) Next() (metadata []byte, ok bool, err error) {
	item, ok, err := r.items.Next()
	if !ok {
		r.items = Cursor{}
		return nil, false, err
	}
	if item.Kind() == Meta {
		return item.Raw, true, nil
	}
	if r.whole {
		item.body += hashSize
		ok = item.body <= len(item.Raw) && item.read(&r.Sample, nil)
	} else {
		ok = item.read(&r.Sample, &r.before)
	}
	if !ok {
		r.items = Cursor{}
		return nil, false, ErrCorrupt
	}
	r.raw = item.Raw
	r.at++
	return nil, true, nil
}
