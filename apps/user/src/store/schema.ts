import type { Database } from "@charter/postgres";
import type { Generated, Kysely, Selectable, Transaction } from "kysely";

/** The tables of the user service, as its migrations make them. */
export interface UserSchema {
  users: UsersTable;
  addresses: AddressesTable;
  sessions: SessionsTable;
  refresh_tokens: RefreshTokensTable;
  login_throttles: LoginThrottlesTable;
  signing_keys: SigningKeysTable;
  mails: MailsTable;
}

/** A pool of connections to the user service's database. */
export type UserDatabase = Database<UserSchema>;
/** A transaction on it. */
export type UserTransaction = Transaction<UserSchema>;
/** Either; for queries that need no transaction. */
export type UserQueries = Kysely<UserSchema>;

/** Whether an account can be used. */
export type UserStatusName = "active" | "locked" | "erased";

interface UsersTable {
  user_id: string;
  email: string | null;
  email_normal: string | null;
  email_verified_at: Date | null;
  password_hash: string | null;
  display_name: string;
  country_code: string;
  status: UserStatusName;
  status_note: Generated<string>;
  roles: Generated<string[]>;
  external_ref: string | null;
  created_at: Date;
  updated_at: Date;
}

interface AddressesTable {
  address_id: string;
  user_id: string;
  label: string;
  recipient: string;
  lines: string[];
  city: string;
  region: string;
  postal_code: string;
  country_code: string;
  is_default: boolean;
  revision: bigint;
  created_at: Date;
  updated_at: Date;
}

interface SessionsTable {
  session_id: string;
  user_id: string;
  client_label: string;
  generation: number;
  sealed_successor: Uint8Array | null;
  created_at: Date;
  rotated_at: Date | null;
  last_used_at: Date;
  expires_at: Date;
  ended_at: Date | null;
  end_reason: string | null;
}

interface RefreshTokensTable {
  token_hash: Uint8Array;
  session_id: string;
  generation: number;
  created_at: Date;
}

interface LoginThrottlesTable {
  key: string;
  failures: number;
  last_failure_at: Date;
  blocked_until: Date;
}

interface SigningKeysTable {
  position: Generated<bigint>;
  kid: string;
  private_jwk: unknown;
  public_jwk: unknown;
  created_at: Date;
}

interface MailsTable {
  mail_id: string;
  user_id: string;
  template: string;
  recipient: string;
  subject: string;
  body: string;
  created_at: Date;
}

export type UserRow = Selectable<UsersTable>;
export type AddressRow = Selectable<AddressesTable>;
export type SessionRow = Selectable<SessionsTable>;
