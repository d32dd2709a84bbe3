package main

import (
	"cmp"
	"slices"
)

// inRounds repeats measurements of the same subjects and keeps, of each, the one of median CPU per sample.
func inRounds(n int, round func() ([]measurement, error)) ([]measurement, error) {
	var subjects [][]measurement
	for range n {
		rows, err := round()
		if err != nil {
			return nil, err
		}
		if subjects == nil {
			subjects = make([][]measurement, len(rows))
		}
		for i, row := range rows {
			subjects[i] = append(subjects[i], row)
		}
	}
	medians := make([]measurement, len(subjects))
	for i, rows := range subjects {
		slices.SortFunc(rows, func(a, b measurement) int { return cmp.Compare(a.perMillion(), b.perMillion()) })
		medians[i] = rows[(len(rows)-1)/2]
		medians[i].least, medians[i].most = rows[0].perMillion(), rows[len(rows)-1].perMillion()
	}
	return medians, nil
}
