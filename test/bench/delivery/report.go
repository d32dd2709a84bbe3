package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The bars, for scraping.
const (
	barToContrib   = 0.65 // of the CPU of the contrib pipeline, behind contrib's receiver
	barOwnShare    = 0.9  // CPU seconds per million samples, behind contrib's receiver,
	barOwnRatio    = 0.29 // of what that receiver alone takes: it took 3.1 where those 0.9 were set
	barAgentCPU    = 0.95 // of that of Prometheus agent, behind our receiver
	barAgentMemory = 0.9

	barGatewayPrometheus = 0.5 // of the CPU of Prometheus, for the gateway
	barGatewayVMAgent    = 2.0
)

const mebibyte = 1 << 20

func reportScraping(out io.Writer, s settings, rows []measurement) {
	fmt.Fprintf(out, "\n%d targets x %d series every %v, measured for %v after %d scrapes of each\n\n",
		s.targets, seriesPerTarget, s.interval, s.period, warmUpScrapes)
	cells := [][]string{{"", "CPU s per million samples", "RssAnon, MiB", "bytes per sample", "requests", "samples per request", "samples per s", "delivered of scraped"}}
	cpu, memory := map[string]float64{}, map[string]float64{}
	for _, m := range rows {
		cpu[m.name], memory[m.name] = m.perMillion(), float64(m.memory)
		row := []string{m.name, m.cost(), mebibytes(m.memory)}
		if m.requests == 0 {
			row = append(row, "-", "-", "-", fmt.Sprintf("%.0f", m.rate()), "-")
		} else {
			row = append(row, m.perSample(), fmt.Sprint(m.requests), m.perRequest(), fmt.Sprintf("%.0f", m.rate()),
				fmt.Sprintf("%.1f %%", 100*float64(m.samples)/float64(m.due)))
		}
		cells = append(cells, row)
	}
	table(out, cells)
	compare(out, cpu, memory)
}

// compare holds those rows against their bars that were measured.
func compare(out io.Writer, cpu, memory map[string]float64) {
	fmt.Fprintln(out)
	agent, contrib, managed, nothing, own := agentSubject.name, contribSubject.name, managedSubject.name, nothingSubject.name, ownSubject.name
	if measured(cpu, managed, contrib) {
		bar(out, "managed_prometheus / prometheus_remote_write, CPU", cpu[managed]/cpu[contrib], barToContrib)
	}
	if measured(cpu, managed, nothing) {
		bar(out, "managed_prometheus without the receiver, CPU s per million", cpu[managed]-cpu[nothing], barOwnShare)
		bar(out, "the same / the receiver alone", (cpu[managed]-cpu[nothing])/cpu[nothing], barOwnRatio)
	}
	if measured(cpu, own, agent) {
		bar(out, "prometheus_scrape / Prometheus agent, CPU", cpu[own]/cpu[agent], barAgentCPU)
		bar(out, "prometheus_scrape / Prometheus agent, RssAnon", memory[own]/memory[agent], barAgentMemory)
	}
}

func measured(rows map[string]float64, names ...string) bool {
	for _, name := range names {
		if rows[name] == 0 {
			return false
		}
	}
	return true
}

func reportSaturation(out io.Writer, s settings, rows []measurement) {
	fmt.Fprintf(out, "\nOTLP/HTTP batches of %d samples over %d connections for %v, until the endpoint has everything\n\n",
		pointsPerBatch, s.connections, s.push)
	cells := [][]string{{"", "samples per s", "CPU s per million samples", "RssAnon, MiB", "bytes per sample", "requests", "samples per request", "million samples", "batches refused"}}
	for _, m := range rows {
		cells = append(cells, []string{
			m.name, fmt.Sprintf("%.0f", m.rate()), m.cost(), mebibytes(m.memory), m.perSample(),
			fmt.Sprint(m.requests), m.perRequest(), fmt.Sprintf("%.1f", float64(m.samples)/1e6), fmt.Sprint(m.refused),
		})
	}
	table(out, cells)
}

func reportGateway(out io.Writer, s settings, saturating bool, rows []measurement) {
	pace := fmt.Sprintf("%d samples a second", writesAt)
	if saturating {
		pace = "as fast as they are answered"
	}
	fmt.Fprintf(out, "\nRemote write by %d senders of %d hosts each, %s, for %v, until the endpoint has everything\n\n", senderCount, hostsPerSender, pace, s.gateway)
	cells := [][]string{{"", "samples per s", "CPU s per million samples", "RssAnon, MiB", "bytes per sample", "samples per request", "out of order", "requests refused"}}
	cpu := map[string]float64{}
	for _, m := range rows {
		cpu[m.name] = m.perMillion()
		cells = append(cells, []string{
			m.name, fmt.Sprintf("%.0f", m.rate()), m.cost(), mebibytes(m.memory), m.perSample(), m.perRequest(), fmt.Sprint(m.outOfOrder), fmt.Sprint(m.refused),
		})
	}
	table(out, cells)
	fmt.Fprintln(out)
	own := gatewaySubject.name
	if measured(cpu, own, prometheusGateway.name) {
		bar(out, "gateway / Prometheus agent, CPU", cpu[own]/cpu[prometheusGateway.name], barGatewayPrometheus)
	}
	if measured(cpu, own, vmagentGateway.name) {
		bar(out, "gateway / vmagent, CPU", cpu[own]/cpu[vmagentGateway.name], barGatewayVMAgent)
	}
}

func (m measurement) rate() float64 { return float64(m.samples) / m.elapsed.Seconds() }
func (m measurement) perSample() string {
	return fmt.Sprintf("%.1f", float64(m.bytes)/float64(m.samples))
}
func (m measurement) perRequest() string {
	return fmt.Sprintf("%.0f", float64(m.samples)/float64(m.requests))
}

// cost is CPU per million samples, with its range where there were several rounds.
func (m measurement) cost() string {
	if m.least == m.most {
		return fmt.Sprintf("%.2f", m.perMillion())
	}
	return fmt.Sprintf("%.2f (%.2f to %.2f)", m.perMillion(), m.least, m.most)
}

func mebibytes(n uint64) string { return fmt.Sprint((n + mebibyte/2) / mebibyte) }

func bar(out io.Writer, what string, got, most float64) {
	verdict := "met"
	if got > most {
		verdict = "missed"
	}
	fmt.Fprintf(out, "%s: %.2f (bar %.2f: %s)\n", what, got, most, verdict)
}

// table writes a Markdown table that can be read as it is; the first row is the header.
func table(out io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	rule := make([]string, len(widths))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width-min(i, 1)) + strings.Repeat(":", min(i, 1)) // numbers to the right
	}
	for _, row := range append([][]string{rows[0], rule}, rows[1:]...) {
		for i, cell := range row {
			if i == 0 {
				fmt.Fprintf(out, "| %-*s |", widths[i], cell)
			} else {
				fmt.Fprintf(out, " %*s |", widths[i], cell)
			}
		}
		fmt.Fprintln(out)
	}
}
