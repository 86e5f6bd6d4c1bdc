const rows = [
  'fff57b47daee04fb36686f07ac0cee806555ec7b1c968ed40390746703e3ef2d',
  'f8ac7082f04d564bdcb826272749ce851d3ab64969dd204cb378d5a888f304c5',
  'b9184af8a5dbbaa65933b5e8956873003fb62111ea282f11ea77680547cbd77a',
  'aa231331de2700e7645eb5f95bbc6deb8fa2ad729dc98cb73e5fa64a91cdd45d',
  '6507fa7a7a85bd4c986847fd920d85c89fada95aae33742151ec7202aff63894',
  '3f0f2bf5421b06e6d3e538456443e20dece4b3065a9e482415ad29a84b1a353e',
  '0c1c53c5a7719e5ac6d62b1dc8fcfb52d2a02ef1e6bf92a5d62ac46d77444c45',
  '987d78ab60f057c3719ec387445cd09a3594a2519e77193320c0eebe95744f1f',
]

/**
 * A safe prime of 2048 bits, made for this package: no well-known group, so a client that carries a group of
 * its own instead of the registered one is found out. It lies close to 2^2048, which makes K need a leading
 * zero byte in about half of all exchanges, and 2 generates its large subgroup.
 */
export const dhPrimeHex: string = rows.join('')

/** What `openssl dhparam` uses too. */
export const dhGenerator = 2
