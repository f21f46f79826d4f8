import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** What a mouse or fingers ask of the waterfall; places are px within it. */
export interface WaterfallGestures {
  /** Shows `factor` times as many rows around a height. */
  zoom(factor: number, y: number): void;
  zoomTime(factor: number): void;
  pan(pixels: number): void;
  /** A stretch of time is being chosen, or it has been. */
  choosing(band: { from: number; to: number } | undefined): void;
  choose(from: number, to: number): void;
  hover(y: number | undefined): void;
  select(y: number): void;
}

/** So far a press may move and still be a click, in px. */
const STILL = 4;

/**
 * Ctrl and the wheel (a trackpad's pinch is the same) zoom, with Shift the time; the wheel alone goes on
 * scrolling the page. A drag up or down moves, one across chooses a time. Two fingers zoom and move;
 * one scrolls the page.
 */
export function useWaterfallPointer(
  target: RefObject<HTMLElement | null>,
  gestures: WaterfallGestures,
): void {
  const latest = useRef(gestures);
  latest.current = gestures;
  useEffect(() => {
    const element = target.current;
    if (element === null) return;
    const ends = new AbortController();
    const { signal } = ends;
    listenToWheel(element, () => latest.current, signal);
    listenToMouse(element, () => latest.current, signal);
    listenToTouch(element, () => latest.current, signal);
    return () => ends.abort();
  }, [target]);
}

type Current = () => WaterfallGestures;

function listenToWheel(element: HTMLElement, gestures: Current, signal: AbortSignal): void {
  const onWheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
    event.preventDefault();
    // With Shift, some browsers turn the wheel sideways.
    const factor = Math.exp((event.deltaY || event.deltaX) * (event.ctrlKey ? 0.006 : 0.003));
    if (event.shiftKey) gestures().zoomTime(factor);
    else gestures().zoom(factor, yOf(element, event));
  };
  element.addEventListener('wheel', onWheel, { signal, passive: false });
}

function listenToMouse(element: HTMLElement, gestures: Current, signal: AbortSignal): void {
  let press: { x: number; y: number; lastY: number; way?: 'up' | 'across' } | undefined;
  const isMouse = (event: PointerEvent) => event.pointerType !== 'touch';

  const onDown = (event: PointerEvent) => {
    if (!isMouse(event) || event.button !== 0) return;
    press = { x: xOf(element, event), y: yOf(element, event), lastY: yOf(element, event) };
    element.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent) => {
    if (!isMouse(event)) return;
    const [x, y] = [xOf(element, event), yOf(element, event)];
    if (press === undefined) return gestures().hover(y);
    const [dx, dy] = [Math.abs(x - press.x), Math.abs(y - press.y)];
    if (press.way === undefined && Math.max(dx, dy) > STILL) press.way = dx > dy ? 'across' : 'up';
    if (press.way === 'across') gestures().choosing({ from: press.x, to: x });
    if (press.way === 'up') gestures().pan(press.lastY - y);
    press.lastY = y;
  };
  const onUp = (event: PointerEvent) => {
    if (press === undefined) return;
    const { x, y, way } = press;
    press = undefined;
    gestures().choosing(undefined);
    if (way === undefined) gestures().select(y);
    if (way === 'across') gestures().choose(x, xOf(element, event));
  };
  const onCancel = () => {
    press = undefined;
    gestures().choosing(undefined);
  };
  element.addEventListener('pointerdown', onDown, { signal });
  element.addEventListener('pointermove', onMove, { signal });
  element.addEventListener('pointerup', onUp, { signal });
  element.addEventListener('pointercancel', onCancel, { signal });
  element.addEventListener('pointerleave', () => gestures().hover(undefined), { signal });
}

function listenToTouch(element: HTMLElement, gestures: Current, signal: AbortSignal): void {
  let last: { distance: number; y: number } | undefined;
  const between = ({ touches: [a, b] }: TouchEvent) => {
    if (a === undefined || b === undefined) return undefined;
    const distance = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    const top = element.getBoundingClientRect().top;
    return { distance: Math.max(distance, 10), y: (a.clientY + b.clientY) / 2 - top };
  };
  const onTouch = (event: TouchEvent) => {
    const now = between(event);
    if (now !== undefined) event.preventDefault();
    if (now !== undefined && last !== undefined) {
      gestures().zoom(last.distance / now.distance, now.y);
      gestures().pan(last.y - now.y);
    }
    last = now;
  };
  for (const name of ['touchstart', 'touchmove', 'touchend'] as const) {
    element.addEventListener(name, onTouch, { signal, passive: false });
  }
  // A tap: of a finger that moved, the browser makes no click.
  const onClick = (event: PointerEvent) => {
    if (event.pointerType === 'touch') gestures().select(yOf(element, event));
  };
  element.addEventListener('click', onClick, { signal });
}

function xOf(element: HTMLElement, event: MouseEvent): number {
  return event.clientX - element.getBoundingClientRect().left;
}

function yOf(element: HTMLElement, event: MouseEvent): number {
  return event.clientY - element.getBoundingClientRect().top;
}
