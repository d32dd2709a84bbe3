package record

// MetadataView is Metadata whose texts point into the item.
type MetadataView struct {
	Type               MetricType
	Family, Help, Unit []byte
}

// ViewMetadata reads a metadata item, as Item.Raw has it, without allocating.
func ViewMetadata(raw []byte) (MetadataView, error) {
	if len(raw) < 3 || Kind(raw[0]) != Meta {
		return MetadataView{}, ErrCorrupt
	}
	body, end := cutItem(raw, 0)
	if end != len(raw) || body == end {
		return MetadataView{}, ErrCorrupt
	}
	m := MetadataView{Type: MetricType(raw[body])}
	at := body + 1
	for _, text := range [...]*[]byte{&m.Family, &m.Help, &m.Unit} {
		*text, at = cutBytes(raw, at)
	}
	if at != len(raw) {
		return MetadataView{}, ErrCorrupt
	}
	return m, nil
}
