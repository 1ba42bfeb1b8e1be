/** The only source of chance. */
export interface Random {
  /** An integer in [0, below), uniform. */
  integer(below: number): number;
}
