package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReplaceSections(t *testing.T) {
	const doc = "a\n<!-- bench:x -->\nold\n<!-- /bench -->\nb\n<!-- bench:y -->\n<!-- /bench -->\n"
	got, err := replaceSections(doc, map[string]string{"x": "new\n", "y": "more\n"})
	require.NoError(t, err)
	require.Equal(t, "a\n<!-- bench:x -->\nnew\n<!-- /bench -->\nb\n<!-- bench:y -->\nmore\n<!-- /bench -->\n", got)

	_, err = replaceSections(doc, map[string]string{"z": ""})
	require.EqualError(t, err, `there is no "<!-- bench:z -->"`)
	_, err = replaceSections("<!-- bench:x -->\n", map[string]string{"x": ""})
	require.EqualError(t, err, `"<!-- bench:x -->" has no "<!-- /bench -->"`)
}

// A run whose controls failed must not pass for a measurement.
func TestCheckControls(t *testing.T) {
	check := func(same, planted float64) error {
		c := cell{shapes[0], uniform}
		return (&routingResults{cells: []cell{c}, races: map[cell]results{c: {
			at(ours, controlStreams): {ns: []float64{100, 100, 100}},
			again:                    {ns: []float64{100 * same, 100 * same, 5}},
			extraCopy:                {ns: []float64{1, 100 * planted, 100 * planted}},
		}}}).checkControls()
	}
	require.NoError(t, check(1.1, 50))
	require.ErrorContains(t, check(1, 1.1), "the method is blind")
	require.ErrorContains(t, check(1.5, 50), "the machine is too busy")
}

// Of a thousand streams, ten get something: the ten of the smaller table's
// places, and of a payload with fewer resources as many of them.
func TestFewOfMany(t *testing.T) {
	of := fewOfMany(1000)
	require.Equal(t, []string{"service-0000", "service-0100", "service-0900", "service-0000"}, []string{of(0), of(1), of(9), of(10)})
}

func TestNumbers(t *testing.T) {
	require.Equal(t, "1,234,567", thousands(1234567))
	require.Equal(t, "999", thousands(999))
	require.Equal(t, "1.50x", times(1.5))
	require.Equal(t, "20.0x", times(20))
	require.Equal(t, "1,146x", times(1146))
	require.InDelta(t, 3.0, median([]float64{9, 1, 3}), 0)
}

// Every signal is encoded in every format, with numbers that mean something.
func TestEncodings(t *testing.T) {
	table, err := measureEncodings(1)
	require.NoError(t, err)
	rows := strings.Split(strings.TrimSpace(table), "\n")[2:]
	require.Len(t, rows, 3*7)
	for _, row := range rows {
		require.NotContains(t, row, "NaN", row)
		require.NotContains(t, row, "Inf", row)
	}
}
