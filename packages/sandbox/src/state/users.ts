/** An account that a username may trade. */
export interface Account {
  readonly accountId: string
  /** Paper accounts begin with D, live ones with U. */
  readonly isPaper: boolean
}

/** A username of IBKR with its accounts. */
export interface User {
  readonly username: string
  /** At least one; the first is the one that is selected. */
  readonly accounts: readonly Account[]
}

/** Who approves request tokens unless another username is named. */
export const customerUsername = 'sandboxcustomer'

/** Every username that the sandbox knows. */
export class Users {
  readonly #users: ReadonlyMap<string, User>

  constructor(accountsByUsername: ReadonlyMap<string, readonly string[]>) {
    this.#users = new Map(
      [...accountsByUsername].map(([username, ids]) => [
        username,
        { username, accounts: ids.map(accountOf) },
      ]),
    )
  }

  find(username: string): User | undefined {
    return this.#users.get(username)
  }

  all(): readonly User[] {
    return [...this.#users.values()]
  }

  /** The accounts of a username, by their ids; none for one that is not known. */
  accountIds(username: string): readonly string[] {
    return this.find(username)?.accounts.map(({ accountId }) => accountId) ?? []
  }

  /** True if all accounts of a username are paper accounts. */
  isPaper(username: string): boolean {
    return this.find(username)?.accounts.every(({ isPaper }) => isPaper) ?? false
  }
}

function accountOf(accountId: string): Account {
  return { accountId, isPaper: accountId.startsWith('D') }
}
