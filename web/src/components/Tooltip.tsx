//! The box of words beside the pointer.
//!
//! Knows: staying inside the window. It keeps its own state, so that moving the
//! pointer draws nothing else again.

import { Component, createRef, type ComponentChildren } from 'preact';

export interface TooltipHandle {
  /** A box and where the pointer is; -1 hides. */
  show(box: number, clientX: number, clientY: number): void;
}

interface Props { content: (box: number) => ComponentChildren }
interface State { box: number }

const OFFSET_PIXELS = 14;

export class Tooltip extends Component<Props, State> implements TooltipHandle {
  override state: State = { box: -1 };
  private readonly element = createRef<HTMLDivElement>();
  private at: [number, number] = [0, 0];

  show(box: number, clientX: number, clientY: number): void {
    this.at = [clientX, clientY];
    if (box !== this.state.box) this.setState({ box });
    else this.place();
  }

  override componentDidUpdate(): void {
    this.place();
  }

  private place(): void {
    const element = this.element.current;
    if (!element) return;
    const [x, y] = this.at;
    const { offsetWidth: width, offsetHeight: height } = element;
    const left = x + OFFSET_PIXELS + width > innerWidth ? Math.max(4, x - OFFSET_PIXELS - width) : x + OFFSET_PIXELS;
    const top = y + OFFSET_PIXELS + height > innerHeight ? Math.max(4, y - OFFSET_PIXELS - height) : y + OFFSET_PIXELS;
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  override render({ content }: Props, { box }: State) {
    return box < 0 ? null : <div class="tooltip" ref={this.element} role="tooltip">{content(box)}</div>;
  }
}
