package record

// MetadataView is Metadata whose texts point into the item.
type MetadataView struct {
	Type               MetricType
	Family, Help, Unit []byte
}

// ViewMetadata reads a metadata item, as Item.Raw has it, without allocating.
func ViewMetadata(raw []byte) (MetadataView, error) {
	body, ok := itemBody(raw)
	if !ok || len(body) < 1 || Kind(raw[0]) != Meta {
		return MetadataView{}, ErrCorrupt
	}
	d := decoder{rest: body[1:]}
	m := MetadataView{Type: MetricType(body[0]), Family: d.bytes(), Help: d.bytes(), Unit: d.bytes()}
	if d.failed || len(d.rest) != 0 {
		return MetadataView{}, ErrCorrupt
	}
	return m, nil
}
