// The player's mouse, as it travels over the data channel "input": JSON, positions from 0 to 1 across the picture.

export interface PointerInput {
  readonly type: "move" | "down" | "up";
  readonly x: number;
  readonly y: number;
}

/** Reports the pointer over the video, as long as the video is there. */
export function watchPointer(video: HTMLVideoElement, report: (input: PointerInput) => void): void {
  const on = (event: "pointermove" | "pointerdown" | "pointerup", type: PointerInput["type"]): void => {
    video.addEventListener(event, (pointer) => report({ type, ...positionInPicture(video, pointer) }));
  };
  on("pointermove", "move");
  on("pointerdown", "down");
  on("pointerup", "up");
}

/** The picture may be smaller than its element: it keeps its proportions and is centred. */
function positionInPicture(video: HTMLVideoElement, pointer: PointerEvent): { x: number; y: number } {
  const box = video.getBoundingClientRect();
  const scale = Math.min(box.width / video.videoWidth, box.height / video.videoHeight);
  const along = (offset: number, size: number, picture: number): number => {
    const margin = (size - picture * scale) / 2;
    return Math.min(1, Math.max(0, (offset - margin) / (picture * scale)));
  };
  return {
    x: along(pointer.clientX - box.left, box.width, video.videoWidth),
    y: along(pointer.clientY - box.top, box.height, video.videoHeight),
  };
}
