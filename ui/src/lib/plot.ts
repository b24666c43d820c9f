// In a file of its own, which is loaded when a chart is looked at.
import 'uplot/dist/uPlot.min.css'

export { default } from 'uplot'
