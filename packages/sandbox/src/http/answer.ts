import type { Reply } from './replies.ts'

/** What goes out: a reply; one that breaks off after so many bytes of its body; or nothing, and the connection is cut. */
export type Answer =
  | Reply
  | { readonly reply: Reply; readonly breaksAfterBytes: number }
  | { readonly reply: undefined }
