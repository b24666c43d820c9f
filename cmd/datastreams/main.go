// Program datastreams is the tool beside the collector otelcol-datastreams.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
