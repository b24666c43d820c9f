package columnar

import (
	"errors"
	"fmt"
)

const (
	// DefaultGroupRows is the number of rows of a full row group. Twice as many save 3 percent of the bytes and
	// take twice the memory; half as many cost 4 percent.
	DefaultGroupRows = 50_000
	// DefaultGroupBytes is the memory that the values of a full row group take at most.
	DefaultGroupBytes = 64 << 20
	// DefaultLevel is the zstd level that costs least. Level 3 saves 0.3 percent of the bytes, 7 saves 2.5.
	DefaultLevel = 1

	maxGroupRows  = 100_000
	maxGroupBytes = 1 << 30
	maxLevel      = 11
)

// Options say how a table's files are written. The zero value is what most want. Files of tables with
// different options can be read together, as long as no promoted attribute has changed its type.
type Options struct {
	// GroupRows bounds the rows of a row group: 1 to 100,000, DefaultGroupRows when 0.
	GroupRows int
	// GroupBytes bounds the bytes of distinct texts and of values that a row group holds in memory: up to 1 GiB,
	// DefaultGroupBytes when 0. It is looked at every 64 rows, which is how much larger a group may get.
	GroupBytes int
	// Promote lists attributes that get columns of their own, at most MaxPromotions.
	Promote []Promotion
	// Level is the level of zstd as its command line counts: 1 to 11, DefaultLevel when 0.
	Level int
}

// complete returns o with defaults in place of zeros, or everything that is wrong with its numbers.
func (o Options) complete() (Options, error) {
	return o, errors.Join(
		complete("GroupRows", &o.GroupRows, DefaultGroupRows, maxGroupRows),
		complete("GroupBytes", &o.GroupBytes, DefaultGroupBytes, maxGroupBytes),
		complete("Level", &o.Level, DefaultLevel, maxLevel),
	)
}

func complete(name string, value *int, standard, most int) error {
	if *value == 0 {
		*value = standard
	}
	if *value < 1 || *value > most {
		return fmt.Errorf("columnar: %s is %d, not 1 to %d", name, *value, most)
	}
	return nil
}
