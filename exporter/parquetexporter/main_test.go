package parquetexporter

import (
	"os"

	"go.opentelemetry.io/collector/featuregate"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadata"
)

// init keeps the tests apart from the AWS settings of whoever runs them, and
// from looking for credentials on the network. It lets them export profiles, as
// the generated ones do. TestMain is generated.
func init() {
	if err := allowProfiles(true); err != nil {
		panic(err)
	}
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID":           "test",
		"AWS_SECRET_ACCESS_KEY":       "test",
		"AWS_SESSION_TOKEN":           "",
		"AWS_REGION":                  "",
		"AWS_DEFAULT_REGION":          "",
		"AWS_ENDPOINT_URL":            "",
		"AWS_ENDPOINT_URL_S3":         "",
		"AWS_CONFIG_FILE":             os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"NO_PROXY":                    "127.0.0.1",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
}

func allowProfiles(allow bool) error {
	return featuregate.GlobalRegistry().Set(metadata.ExporterParquetProfilesFeatureGate.ID(), allow)
}
