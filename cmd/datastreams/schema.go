package main

import (
	"github.com/spf13/cobra"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile/action"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of documents, for editors",
		Long: `Print the JSON Schema of documents. Editors that know the YAML language server
complete and check a document that starts with

  # yaml-language-server: $schema=datastreams.schema.json`,
		Example: "  datastreams schema > datastreams.schema.json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return printJSON(cmd.OutOrStdout(), document.Schema(action.Specs()))
		},
	}
}
