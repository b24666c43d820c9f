// What a person does with the page, one function for each visit. The test in Go
// starts the collectors and says which one is to be done:
// node steps.mjs STEP URL [DIRECTORY]
import { visit } from './browser.mjs'
import * as access from './visits/access.mjs'
import * as destinations from './visits/destinations.mjs'
import * as many from './visits/many.mjs'
import * as streams from './visits/streams.mjs'
import * as views from './visits/views.mjs'

const steps = { ...access, ...destinations, ...many, ...streams, ...views }
await visit(steps[process.argv[2]])
