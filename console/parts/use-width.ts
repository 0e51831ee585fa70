import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

const WIDTH_PX_MIN = 120

/** An element's width in whole pixels, kept as the page is made wider or narrower. */
export function useWidth(): [RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(WIDTH_PX_MIN)
  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const watch = new ResizeObserver(() =>
      setWidth(Math.max(WIDTH_PX_MIN, Math.floor(element.clientWidth))),
    )
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  return [box, width]
}
