// Package ui drives the page of a running collector with a browser: Debian's
// Chromium through playwright-core. It skips where one of them is missing:
// `npm ci` in this directory, and `apt-get install chromium`.
package ui
