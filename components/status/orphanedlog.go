package status

// OrphanedLog is a write-ahead log that has samples and belongs to no exporter.
type OrphanedLog struct {
	Folder   string `json:"folder"`   // path
	Exporter string `json:"exporter"` // id of the exporter whose log it was
	Endpoint string `json:"endpoint"` // that its samples were for, without query; empty when it is not known
	Samples  uint64 `json:"samples"`  // not delivered
	Bytes    int64  `json:"bytes"`
	Remedy   string `json:"remedy"`
	Problem  string `json:"problem,omitempty"` // why its samples cannot be counted
}
