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
	body, rest, ok := cutBytes(raw[1:])
	if !ok || len(rest) != 0 || len(body) == 0 {
		return MetadataView{}, ErrCorrupt
	}
	m := MetadataView{Type: MetricType(body[0])}
	rest = body[1:]
	for _, text := range [...]*[]byte{&m.Family, &m.Help, &m.Unit} {
		if *text, rest, ok = cutBytes(rest); !ok {
			return MetadataView{}, ErrCorrupt
		}
	}
	if len(rest) != 0 {
		return MetadataView{}, ErrCorrupt
	}
	return m, nil
}
