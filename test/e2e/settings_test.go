package e2e

const (
	// nodeJob is the job name that agent.yaml and standard.yaml give to node_exporter.
	nodeJob = "node"
	// fastScrapes shortens the tests; the configurations scrape at the pace of production.
	fastScrapes = "MSP_SCRAPE_INTERVAL=1s"
)
