//go:build !linux && !darwin && !freebsd

package volume

func size(string) int64 { return 0 }
