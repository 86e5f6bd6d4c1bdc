/** Where one environment of IBKR answers. None of the addresses ends in a slash. */
export interface IbkrHost {
  /** What `baseUrl` of this package takes. */
  readonly origin: string
  /** Web API, opened by the SSO bearer. */
  readonly api: string
  readonly webSocket: string
  /** Gateway, opened by the access token. */
  readonly gateway: string
  readonly oauth2Token: string
}

function hostAt(authority: string): IbkrHost {
  const origin = `https://${authority}`
  return {
    origin,
    api: `${origin}/v1/api`,
    webSocket: `wss://${authority}/v1/api/ws`,
    gateway: `${origin}/gw/api/v1`,
    oauth2Token: `${origin}/oauth2/api/v1/token`,
  }
}

/**
 * IBKR's servers (OpenAPI 2.40.0, `servers`). A client id and key belong to one of them: QA keys do not work in
 * production. `local` is the Client Portal Gateway as it comes, on the machine itself.
 */
export const ibkrHosts: { readonly production: IbkrHost; readonly qa: IbkrHost; readonly local: IbkrHost } =
  /* @__PURE__ */ Object.freeze({
    production: /* @__PURE__ */ hostAt('api.ibkr.com'),
    qa: /* @__PURE__ */ hostAt('qa.interactivebrokers.com'),
    local: /* @__PURE__ */ hostAt('localhost:5000'),
  })
