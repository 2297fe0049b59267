// Two buttons under a figure that save it as SVG or PNG. A figure of plotly is saved by its own toolbar, for an instant in the
// colours of a white page; any other picture comes along as an SVG that is drawn for one already.

// An image cannot use the page's own font, so that text would be placed by other widths than it is drawn with.
const FONT = "Helvetica, Arial, sans-serif"

export default function ({ parentElement, data }) {
  for (const button of parentElement.querySelectorAll("button")) {
    const format = button.dataset.format
    button.setAttribute("aria-label", `Picture (${format.toUpperCase()})`)
    button.onclick = () => (data.svg ? savePicture(data, format) : savePlot(graphOf(parentElement, data), data, format))
  }
}

function graphOf(parentElement, data) {
  const host = parentElement.host ?? parentElement
  return host.closest(`.st-key-figure_${CSS.escape(data.key)}`).querySelector(".js-plotly-plot")
}

function savePlot(graph, data, format) {
  const camera = graph?.querySelector(".modebar-btn[data-title^='Download plot']")
  if (!camera) return // the figure is still being drawn
  const { data: traces, layout } = graph
  const options = graph._context.toImageButtonOptions
  try { // plotly copies all of it before the click returns
    graph._context.toImageButtonOptions = { format, filename: data.name, scale: format === "png" ? 3 : 1 }
    graph.data = onPaper(traces, data.colours)
    graph.layout = { ...onPaper(layout, data.colours), paper_bgcolor: "#ffffff" }
    camera.dispatchEvent(new MouseEvent("click", { bubbles: true }))
  } finally {
    graph.data = traces
    graph.layout = layout
    graph._context.toImageButtonOptions = options
  }
}

function onPaper(value, colours) {
  if (typeof value === "string") {
    if (value.startsWith("Source Sans")) return FONT
    return value.replace(/#[0-9a-f]{6}\b|rgba\([^)]*\)/g, (colour) => colours[colour] ?? colour)
  }
  if (Array.isArray(value)) return value.map((part) => onPaper(part, colours))
  if (value && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, onPaper(part, colours)]))
  }
  return value
}

function savePicture(data, format) {
  const svg = new Blob([data.svg], { type: "image/svg+xml" })
  if (format === "svg") return save(svg, data)
  const image = new Image()
  image.onload = () => {
    const canvas = document.createElement("canvas"), paper = canvas.getContext("2d")
    canvas.width = 3 * image.width
    canvas.height = 3 * image.height
    paper.fillStyle = "#ffffff"
    paper.fillRect(0, 0, canvas.width, canvas.height)
    paper.drawImage(image, 0, 0, canvas.width, canvas.height)
    canvas.toBlob((png) => save(png, data))
    URL.revokeObjectURL(image.src)
  }
  image.src = URL.createObjectURL(svg)
}

function save(blob, data) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(blob)
  link.download = `${data.name}.${blob.type === "image/png" ? "png" : "svg"}`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
