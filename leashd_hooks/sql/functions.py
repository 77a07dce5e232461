"""Functions that do more than compute, and those of no dialect in particular that do not."""

from leashd_hooks.shell.argv import table

#: Function -> what its first argument is: reads, writes (files), code, or other (it changes something, or may).
SPECIAL = {
    name: what
    for what, names in {
        "reads": (
            "pg_read_file pg_read_binary_file pg_ls_dir pg_stat_file pg_ls_logdir pg_ls_waldir"
            " pg_ls_tmpdir lo_import load_file readfile lsdir fsdir read_csv read_csv_auto"
            " read_parquet parquet_scan parquet_metadata parquet_schema read_json read_json_auto"
            " read_json_objects read_json_objects_auto read_ndjson read_ndjson_auto"
            " read_ndjson_objects read_text read_blob glob sniff_csv st_read read_xlsx sqlite_scan"
            " sqlite_attach iceberg_scan delta_scan arrow_scan file infile openrowset bfilename"
            " xp_dirtree xp_fileexist xp_subdirs fn_get_audit_file sys_get_file"
        ),
        "writes": "lo_export writefile pg_file_write pg_file_rename pg_file_unlink pg_file_sync",
        "code": (
            "load_extension sys_exec sys_eval sys_get sys_set xp_cmdshell sp_oacreate sp_oamethod"
            " sp_execute_external_script executable executablepool edit fts3_tokenizer java_call"
        ),
        "other": (
            "nextval setval set_config pg_terminate_backend pg_cancel_backend pg_reload_conf"
            " pg_rotate_logfile pg_switch_wal pg_promote lo_create lo_unlink lo_put lo_from_bytea"
            " dblink dblink_exec dblink_connect query_to_xml table_to_xml cursor_to_xml"
            " database_to_xml query_to_xml_and_xmlschema query query_table url s3 remote remotesecure"
            " mysql postgresql mongodb redis jdbc odbc hdfs cluster sqlite gcs azureblobstorage"
            " opendatasource openquery external_query postgres_scan postgres_query mysql_scan"
            " mysql_query utl_http utl_file dbms_scheduler httpuritype xmltable get_lock release_lock"
            " release_all_locks master_pos_wait system$cancel_query eval"
        ),
    }.items()
    for name in names.split()
}

#: Names that sqlglot does not know, of functions that compute or tell.
HARMLESS = table(
    "pg_size_pretty pg_total_relation_size pg_relation_size pg_table_size pg_indexes_size"
    " pg_database_size pg_get_viewdef pg_get_functiondef pg_get_indexdef pg_get_constraintdef"
    " pg_get_expr pg_get_userbyid pg_typeof pg_is_in_recovery pg_backend_pid"
    " pg_postmaster_start_time pg_table_is_visible obj_description col_description format_type"
    " current_setting current_database current_schema current_schemas inet_server_addr to_regclass"
    " has_table_privilege has_schema_privilege has_database_privilege version now date datetime"
    " typeof changes total_changes last_insert_rowid sqlite_version sqlite_source_id julianday"
    " strftime unixepoch printf format random abs round length lower upper trim ltrim rtrim substr"
    " substring instr replace coalesce ifnull nullif iif hex quote json json_array json_object"
    " json_extract json_type json_valid json_each json_tree json_group_array json_group_object"
    " json_array_length jsonb_array_elements jsonb_array_elements_text jsonb_each jsonb_each_text"
    " jsonb_object_keys jsonb_build_object jsonb_build_array jsonb_agg jsonb_pretty"
    " jsonb_path_query jsonb_typeof to_jsonb row_to_json json_agg json_build_object"
    " json_object_keys json_array_elements json_each_text array_agg array_length array_to_string"
    " string_to_array unnest generate_series age date_part date_trunc extract to_char to_date"
    " to_timestamp to_number clock_timestamp statement_timestamp make_date justify_interval"
    " regexp_replace regexp_matches regexp_match regexp_split_to_table split_part left right lpad"
    " rpad repeat reverse initcap concat concat_ws md5 sha1 sha2 encode decode crc32 floor ceil"
    " ceiling mod power sqrt sign greatest least width_bucket percentile_cont percentile_disc mode"
    " stddev variance bool_and bool_or every row_number rank dense_rank ntile lag lead first_value"
    " last_value cume_dist percent_rank grouping count sum avg min max group_concat string_agg"
    " database schema user current_user connection_id found_rows row_count last_insert_id"
    " date_format unix_timestamp from_unixtime curdate curtime datediff timestampdiff date_add"
    " date_sub field find_in_set ts_rank to_tsvector to_tsquery plainto_tsquery"
    " websearch_to_tsquery setseed similarity uuid gen_random_uuid object_id object_name db_name"
    " serverproperty isnull len getdate charindex tostring tointeger tofloat64 toint64 touint64"
    " todate todatetime uniq uniqexact formatreadablesize hostname pragma_table_info"
    " pragma_table_list pragma_index_list pragma_index_info pragma_foreign_key_list duckdb_tables"
    " duckdb_columns duckdb_settings duckdb_functions duckdb_extensions duckdb_databases range"
    " bm25 snippet highlight total"
)
