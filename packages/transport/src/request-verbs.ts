import type { RequestOptions, TransportRequest } from './request.ts'
import type { TransportResponse } from './transport-response.ts'

/** The methods of HTTP as functions, over whatever sends requests. */
export abstract class RequestVerbs {
  abstract request(request: TransportRequest): Promise<TransportResponse>

  get(url: string | URL, options?: RequestOptions): Promise<TransportResponse> {
    return this.request({ ...options, method: 'GET', url })
  }

  post(url: string | URL, options?: RequestOptions): Promise<TransportResponse> {
    return this.request({ ...options, method: 'POST', url })
  }

  put(url: string | URL, options?: RequestOptions): Promise<TransportResponse> {
    return this.request({ ...options, method: 'PUT', url })
  }

  patch(url: string | URL, options?: RequestOptions): Promise<TransportResponse> {
    return this.request({ ...options, method: 'PATCH', url })
  }

  delete(url: string | URL, options?: RequestOptions): Promise<TransportResponse> {
    return this.request({ ...options, method: 'DELETE', url })
  }
}
