/** Where the browser's estimate of the upload starts. Its own start takes seconds to reach the upper layers. kbps. */
export const START_KBPS = 1_200;
